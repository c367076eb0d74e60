// What the keys do.
import { Kbd, Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { useText } from "@/i18n/text";
import type { MessageId } from "@/i18n/messages";
import styles from "./KeyHelp.module.css";

const KEYS: readonly (readonly [string, MessageId])[] = [
  ["j", "help.next"],
  ["k", "help.previous"],
  ["Enter", "help.open"],
  ["n", "help.showNew"],
  ["Esc", "help.back"],
  ["?", "help.help"],
];

export function KeyHelp({ opened, onClose }: { opened: boolean; onClose: () => void }): ReactNode {
  const text = useText();
  return (
    <Modal opened={opened} onClose={onClose} title={text("help.title")} closeButtonProps={{ "aria-label": text("common.close") }}>
      <dl className={styles["keys"]} data-testid="key-help">
        {KEYS.map(([key, meaning]) => (
          <div key={key}><dt><Kbd>{key}</Kbd></dt><dd>{text(meaning)}</dd></div>
        ))}
      </dl>
    </Modal>
  );
}
