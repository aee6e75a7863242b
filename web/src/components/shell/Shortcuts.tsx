import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { KEYS } from "../../lib/keys";
import { Button } from "../Button";
import { Icon } from "../Icon";
import palette from "./Palette.module.css";
import styles from "./Shortcuts.module.css";

export default function Shortcuts({ onClose }: { onClose: () => void }) {
  return (
    <ModalOverlay isOpen isDismissable onOpenChange={(open) => !open && onClose()} className={palette.veil ?? ""}>
      <Modal className={palette.modal ?? ""}>
        <Dialog className={styles.dialog ?? ""}>
          <div className={styles.head}>
            <Heading slot="title">Keyboard shortcuts</Heading>
            <Button look="quiet" aria-label="Close" onClick={onClose}>
              <Icon name="close" size={18} />
            </Button>
          </div>
          <KeyList />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function KeyList() {
  return KEYS.map(({ where, keys }) => (
    <section key={where} className={styles.group}>
      <h3>{where}</h3>
      <dl>
        {keys.map(([press, does]) => (
          <div key={press} className={styles.row}>
            <dt>
              {press.split(" ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </section>
  ));
}
