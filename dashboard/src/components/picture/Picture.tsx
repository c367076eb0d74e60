// A picture with drawings over it, never in it. It says why when there is none.
import { useElementSize } from "@mantine/hooks";
import { useState, type ReactNode } from "react";
import type { Size } from "./geometry";
import styles from "./Picture.module.css";

interface PictureProps {
  /** Address of the picture; `undefined` shows `missing`. */
  src: string | undefined;
  alt: string;
  /** Why there is no picture, when there is none. */
  missing: ReactNode;
  /** Why the picture could not be opened. */
  broken: string;
  /** Draws over the picture, in shown pixels. */
  overlay?: ((size: Size) => ReactNode) | undefined;
  /** In a list: small, and loaded when near. */
  size?: "thumbnail" | "full";
  /** The picture is on the screen: its address may be given back. */
  onShown?: (() => void) | undefined;
  testId?: string;
}

export function Picture({ src, alt, missing, broken, overlay, size = "full", onShown, testId }: PictureProps): ReactNode {
  const [failed, setFailed] = useState<string>();
  const { ref, width, height } = useElementSize();
  const shown = src !== undefined && failed !== src;
  return (
    <div className={styles["picture"]} data-size={size}>
      {shown ? (
        <>
          <img ref={ref} src={src} alt={alt} loading={size === "thumbnail" ? "lazy" : "eager"} decoding="async" onLoad={onShown} onError={() => { setFailed(src); }} data-testid={testId} />
          {overlay && width > 0 && height > 0 && (
            <svg className={styles["overlay"]} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">{overlay({ width, height })}</svg>
          )}
        </>
      ) : (
        <div className={styles["missing"]}>{src === undefined ? missing : broken}</div>
      )}
    </div>
  );
}
