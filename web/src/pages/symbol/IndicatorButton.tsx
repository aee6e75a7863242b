import { lazy, Suspense, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";

const IndicatorMenu = lazy(() => import("./IndicatorMenu"));

interface IndicatorButtonProps {
  chosen: readonly string[];
  onChoose: (keys: string[]) => void;
}

/** Opens the menu of indicators, whose code is fetched when it is first wanted. */
export function IndicatorButton({ chosen, onChoose }: IndicatorButtonProps) {
  const [open, setOpen] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  return (
    <>
      <Button ref={trigger} look="quiet" aria-haspopup="dialog" aria-expanded={open} onClick={() => setOpen(true)}>
        Indicators{chosen.length > 0 && ` (${chosen.length})`} <Icon name="chevron" size={16} />
      </Button>
      <Suspense fallback={null}>
        {open && <IndicatorMenu trigger={trigger} chosen={chosen} onChoose={onChoose} onClose={() => setOpen(false)} />}
      </Suspense>
    </>
  );
}
