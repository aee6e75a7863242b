/** What surrounds every page: the rail, the top line, the palette and the shortcuts. */

import {
  type Dispatch,
  type FocusEvent,
  type KeyboardEvent,
  lazy,
  type ReactNode,
  type SetStateAction,
  Suspense,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { NavigationType, NavLink, useLocation, useNavigate, useNavigationType } from "react-router";
import { isWriting } from "../../lib/hooks";
import { OverlaysContext, type Pick } from "../../lib/palette";
import { Icon, type IconName } from "../Icon";
import { Mistake } from "./Mistake";
import { useNews } from "./news";
import styles from "./Shell.module.css";
import { ToastLine } from "./ToastLine";
import { TopLine } from "./TopLine";

export const fetchPalette = () => import("./Palette");
const Palette = lazy(fetchPalette);
const Shortcuts = lazy(() => import("./Shortcuts"));

interface PageEntry {
  to: string;
  label: string;
  icon: IconName;
  key: string;
  /** Whether a phone's bar keeps it behind “More”. */
  folded?: boolean;
}

export const PAGES: readonly PageEntry[] = [
  { to: "/", label: "Home", icon: "home", key: "h" },
  { to: "/portfolio", label: "Portfolio", icon: "portfolio", key: "p" },
  { to: "/alerts", label: "Alerts", icon: "bell", key: "a" },
  { to: "/compare", label: "Compare", icon: "compare", key: "c" },
  { to: "/sources", label: "Sources", icon: "sources", key: "s", folded: true },
  { to: "/settings", label: "Settings", icon: "settings", key: ",", folded: true },
  { to: "/help", label: "Help", icon: "help", key: "?", folded: true },
];

type Overlay = { kind: "palette"; pick: Pick | null } | { kind: "shortcuts" } | null;

export function Shell({ children }: { children: ReactNode }) {
  const [overlay, setOverlay] = useState<Overlay>(null);
  const close = useCallback(() => setOverlay(null), []);
  const overlays = useMemo(
    () => ({
      search: (pick?: Pick) => setOverlay({ kind: "palette", pick: pick ?? null }),
      shortcuts: () => setOverlay({ kind: "shortcuts" }),
    }),
    [],
  );
  useShellKeys(overlays, overlay !== null);
  const { pathname } = useLocation();
  useArrival(pathname);

  return (
    <OverlaysContext value={overlays}>
      <a className={styles.skip} href="#content">
        To the content
      </a>
      <div className={styles.shell}>
        <TopLine />
        <Rail />
        <main id="content" className={styles.content} tabIndex={-1}>
          <Mistake key={pathname}>{children}</Mistake>
        </main>
      </div>
      <ToastLine covered={overlay !== null} />
      {overlay?.kind === "palette" && <Search pick={overlay.pick} onClose={close} />}
      <Suspense fallback={null}>{overlay?.kind === "shortcuts" && <Shortcuts onClose={close} />}</Suspense>
    </OverlaysContext>
  );
}

/** The palette, and what is typed for it before its field is there. */
function Search({ pick, onClose }: { pick: Pick | null; onClose: () => void }) {
  const [text, setText] = useState("");
  useEarlyKeys(setText, onClose);
  return (
    <Suspense fallback={null}>
      <Palette pick={pick} text={text} onText={setText} onClose={onClose} />
    </Suspense>
  );
}

/** Writes what is typed until the palette's field has the focus; Escape calls it off. */
function useEarlyKeys(write: Dispatch<SetStateAction<string>>, onClose: () => void): void {
  useEffect(() => {
    const press = (event: globalThis.KeyboardEvent) => {
      const { key } = event;
      if (document.activeElement?.matches("[role=dialog] input")) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (key === "Escape") onClose();
      else if (key === "Backspace") write((text) => text.slice(0, -1));
      else if (key.length === 1) write((text) => text + key);
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    window.addEventListener("keydown", press, { capture: true });
    return () => window.removeEventListener("keydown", press, { capture: true });
  }, [write, onClose]);
}

function Rail() {
  const unseen = useNews();
  return (
    <nav className={styles.rail} aria-label="Pages">
      {PAGES.map((page) => (
        <RailLink key={page.to} page={page} className={page.folded ? `${styles.page} ${styles.folded}` : styles.page}>
          {page.to === "/alerts" && unseen > 0 && <Count unseen={unseen} />}
        </RailLink>
      ))}
      <More />
    </nav>
  );
}

interface RailLinkProps {
  page: PageEntry;
  className: string | undefined;
  children?: ReactNode;
  onClick?: () => void;
}

function RailLink({ page: { to, label, icon }, className, children, onClick }: RailLinkProps) {
  return (
    <NavLink to={to} end={to === "/"} className={className} onClick={onClick}>
      <Icon name={icon} />
      {label}
      {children}
    </NavLink>
  );
}

/** On a phone: the pages that its bar has no room for. */
function More() {
  const [open, setOpen] = useState(false);
  const { pathname } = useLocation();
  const folded = PAGES.filter((page) => page.folded);
  const here = folded.some(({ to }) => pathname.startsWith(to));
  const leave = (event: FocusEvent<HTMLDivElement>) => {
    if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
  };
  const press = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.key !== "Escape" || !open) return;
    event.stopPropagation();
    setOpen(false);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what is heard here was pressed on the button or a link in it
    <div className={styles.more} onBlur={leave} onKeyDown={press}>
      <button
        type="button"
        className={styles.page}
        aria-expanded={open}
        aria-current={here ? "true" : undefined}
        onClick={() => setOpen(!open)}
      >
        <Icon name="more" />
        More
      </button>
      {open && (
        <div className={styles.sheet}>
          {folded.map((page) => (
            <RailLink key={page.to} page={page} className={styles.page} onClick={() => setOpen(false)} />
          ))}
        </div>
      )}
    </div>
  );
}

function Count({ unseen }: { unseen: number }) {
  return (
    <span className={styles.count}>
      {unseen > 99 ? "99+" : unseen}
      <span className="aside"> new</span>
    </span>
  );
}

/** A new page begins at its top, for the eye and for the keyboard; going back returns to where one was. */
function useArrival(pathname: string): void {
  const came = useNavigationType();
  const here = useRef(pathname);
  useEffect(() => {
    if (here.current === pathname) return;
    here.current = pathname;
    if (came === NavigationType.Pop) return;
    window.scrollTo(0, 0);
    document.getElementById("content")?.focus({ preventScroll: true });
  }, [pathname, came]);
}

const CHORD_MS = 1200;
const NEVER = Number.NEGATIVE_INFINITY;

/** `/` and Ctrl-K search, `?` lists the shortcuts, `g` and a letter go to a page. */
function useShellKeys({ search, shortcuts }: { search: () => void; shortcuts: () => void }, busy: boolean): void {
  const navigate = useNavigate();
  useEffect(() => {
    let going = NEVER;
    const press = (event: globalThis.KeyboardEvent) => {
      const palette = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
      if (busy || (!palette && (isWriting(event) || event.ctrlKey || event.metaKey || event.altKey))) return;
      const page = event.timeStamp - going < CHORD_MS && PAGES.find(({ key }) => key === event.key);
      going = event.key === "g" ? event.timeStamp : NEVER;
      if (page) navigate(page.to);
      else if (palette || event.key === "/") search();
      else if (event.key === "?") shortcuts();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [navigate, search, shortcuts, busy]);
}
