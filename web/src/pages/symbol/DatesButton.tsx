import { lazy, Suspense, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import type { Dates } from "./DatesMenu";

const DatesMenu = lazy(() => import("./DatesMenu"));

interface DatesButtonProps {
  dates: Dates;
  onChoose: (dates: Dates) => void;
}

/** Opens the choice of days, whose code is fetched when it is first wanted. */
export function DatesButton({ dates, onChoose }: DatesButtonProps) {
  const [open, setOpen] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  return (
    <>
      <Button ref={trigger} look="quiet" aria-haspopup="dialog" aria-expanded={open} onClick={() => setOpen(true)}>
        Dates <Icon name="chevron" size={16} />
      </Button>
      <Suspense fallback={null}>
        {open && <DatesMenu trigger={trigger} dates={dates} onChoose={onChoose} onClose={() => setOpen(false)} />}
      </Suspense>
    </>
  );
}
