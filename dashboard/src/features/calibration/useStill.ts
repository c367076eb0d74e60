// The still that points are drawn on. It stays as it is until somebody asks for a newer one.
import { useQuery } from "@tanstack/react-query";
import { stillQuery, type Camera } from "@/data/cameras";
import { faultOf } from "@/data/result";
import { useText } from "@/i18n/text";

export interface Still {
  address: string | undefined;
  /** Capture time; absent when the centre does not tell. */
  captured: string | undefined;
  alt: string;
  /** Why there is none. */
  missing: string;
  renew: () => void;
}

export function useStill(camera: Camera): Still {
  const text = useText();
  const query = useQuery(stillQuery(camera));
  const fault = query.error ? faultOf(query.error) : undefined;
  const none = `${text("camera.noPicture")}. ${text("camera.noPictureDo")}`;
  return {
    address: query.data?.address,
    captured: query.data?.captured,
    alt: text("camera.pictureAlt", { name: camera.name }),
    missing: fault === undefined ? text("common.loading") : fault.kind === "not_found" ? none : text(`fault.${fault.kind}`),
    renew: () => void query.refetch(),
  };
}
