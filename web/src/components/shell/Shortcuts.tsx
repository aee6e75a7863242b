import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { Button } from "../Button";
import { Icon } from "../Icon";
import { KeyList } from "../KeyList";
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
