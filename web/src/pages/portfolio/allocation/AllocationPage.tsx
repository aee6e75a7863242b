/** Where does it lie? The whole by type, sector, country, currency, account or instrument; each slice opens. */

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearchParams } from "react-router";
import type { Allocation, Portfolio, Slice } from "../../../api/desk";
import { allocationQuery, type Dimension } from "../../../api/portfolios";
import { Donut } from "../../../charts/Donut";
import { ReadFigure } from "../../../charts/ReadFigure";
import { Amount } from "../../../components/Amount";
import { Choice } from "../../../components/Choice";
import { Notice, Trouble } from "../../../components/Notice";
import { Skeleton } from "../../../components/Skeleton";
import * as format from "../../../lib/format";
import { AsOf } from "../AsOf";
import { beside, changed, positionPath, scopeOf, wholeOf } from "../address";
import { Controls } from "../Controls";
import { Figure } from "../figures/Figure";
import { type FigureColumn, FiguresTable } from "../figures/FiguresTable";
import type { PortfolioPageProps } from "../props";
import styles from "./Allocation.module.css";
import { DIMENSION_NAMES, DIMENSIONS, drawn, headline, innerOf, labelOf, summaryOf, unvaluedText } from "./slices";

export default function AllocationPage({ portfolio }: PortfolioPageProps) {
  const [params] = useSearchParams();
  const dimension = DIMENSIONS.find((each) => each === params.get("show")) ?? "type";
  const told = useQuery(allocationQuery(portfolio.id, { ...scopeOf(params), by: [dimension, innerOf(dimension)] }));
  if (told.isPending) return <Skeleton height={420} />;
  if (!told.data) return <Trouble whole error={told.error} onRetry={told.refetch} />;
  const { data } = told;
  const opened = data.slices.find(({ key }) => key === params.get("open")) ?? null;
  const name = opened ? labelOf(opened.key, opened.label, dimension) : null;
  return (
    <>
      <h1>{headline(data.slices, dimension, data.unvalued.length)}</h1>
      <AsOf />
      <Controls portfolio={portfolio} ranged={false}>
        <Choice
          label="Allocation by"
          chosen={dimension}
          options={DIMENSIONS.map((each) => ({
            value: each,
            label: DIMENSION_NAMES[each],
            to: changed(params, { show: each === "type" ? null : each, open: null }),
          }))}
        />
      </Controls>
      {name && (
        <p className={styles.way}>
          <Link to={changed(params, { open: null })}>All, by {DIMENSION_NAMES[dimension].toLowerCase()}</Link> › {name}
        </p>
      )}
      {!opened && tellable(portfolio, dimension) && data.slices.some(({ key }) => key === UNKNOWN) && (
        <p className={`${styles.way} quiet`}>
          Of some nobody knows the {DIMENSION_NAMES[dimension].toLowerCase()}.{" "}
          <Link to={changed(params, { open: UNKNOWN })}>Say which it is</Link>
        </p>
      )}
      {data.unvalued.length > 0 && <Unvalued allocation={data} />}
      {data.slices.length === 0 ? (
        <Notice title="Nothing here has a value">
          {portfolio.right === "read"
            ? "Only what has one can be spread."
            : "Add a transaction, or import a broker’s file."}
        </Notice>
      ) : (
        <Slices
          allocation={data}
          slices={opened ? opened.inner : data.slices}
          total={opened ? opened.value : data.total}
          dimension={opened ? innerOf(dimension) : dimension}
          opened={opened !== null}
          tell={opened !== null && tellable(portfolio, dimension)}
          portfolio={portfolio}
        />
      )}
    </>
  );
}

const UNKNOWN = "unknown";

/** Whether it is for the reader to say what an instrument is in that dimension. */
function tellable({ right }: Portfolio, dimension: Dimension): boolean {
  return right === "owner" && dimension !== "account" && dimension !== "instrument";
}

/** What has no value has no share either: the shares are of the rest. */
function Unvalued({ allocation: { unvalued } }: { allocation: Allocation }) {
  return (
    <div className={styles.unvalued}>
      <p>{format.counted(unvalued.length, "position")} left out for want of a value:</p>
      <ul>
        {unvaluedText(unvalued).map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </div>
  );
}

interface SlicesProps extends PortfolioPageProps {
  allocation: Allocation;
  slices: readonly Slice[];
  total: string;
  dimension: Dimension;
  /** Whether they are the parts of a slice, and open no further. */
  opened: boolean;
  /** Whether the reader may say what each is. */
  tell: boolean;
}

function Slices({ allocation: { base }, slices, total, dimension, opened, tell, portfolio }: SlicesProps) {
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const shown = drawn(slices).map((each) => ({ ...each, label: labelOf(each.key, each.label, dimension) }));
  const open = opened ? undefined : (index: number) => navigate(changed(params, { open: slices[index]?.key ?? null }));
  const spoken = (index: number) => {
    const slice = shown[index];
    return slice ? `${slice.label}: ${format.share(slice.share)}.` : "";
  };
  return (
    <div className={styles.both}>
      <ReadFigure
        label={`Allocation by ${DIMENSION_NAMES[dimension].toLowerCase()}`}
        count={shown.length}
        spoken={spoken}
        summary={summaryOf(shown)}
        {...(open && { onOpen: open })}
      >
        {(read, point) => (
          <Donut slices={shown} read={read} onPoint={point} onOpen={open}>
            {read === null ? (
              <>
                <span className="quiet">{base}</span>
                <strong>
                  <Amount value={total} currency={base} />
                </strong>
              </>
            ) : (
              <>
                <span>{shown[read]?.label}</span>
                <strong>{format.share(shown[read]?.share)}</strong>
              </>
            )}
          </Donut>
        )}
      </ReadFigure>
      <SlicesTable
        {...{ base, slices, dimension, opened, tell, portfolio }}
        colours={shown.map(({ colour }) => colour)}
      />
    </div>
  );
}

interface TableProps extends Omit<SlicesProps, "allocation" | "total"> {
  base: string;
  colours: readonly number[];
}

function SlicesTable({ base, slices, dimension, opened, tell, portfolio, colours }: TableProps) {
  const [params] = useSearchParams();
  const places = new Map(slices.map(({ key }, place) => [key, colours[place] ?? 0]));
  const called = ({ key, label }: Slice) => labelOf(key, label, dimension);
  const to = ({ key }: Slice) => {
    if (!opened) return changed(params, { open: key });
    return dimension === "instrument" && !key.startsWith("cash") ? positionPath(portfolio.id, key, params) : null;
  };
  const columns: FigureColumn<Slice>[] = [
    {
      key: "name",
      title: DIMENSION_NAMES[dimension],
      words: true,
      show: (slice) => {
        const target = to(slice);
        const colour = places.get(slice.key);
        return (
          <span>
            <span
              className={styles.swatch}
              style={{ background: colour ? `var(--line-${colour})` : "var(--edge)" }}
              aria-hidden="true"
            />
            {target ? <Link to={target}>{called(slice)}</Link> : called(slice)}
          </span>
        );
      },
      cell: called,
    },
    {
      key: "value",
      title: "Value",
      unit: base,
      show: (slice) => {
        const value = <Amount value={slice.value} currency={base} />;
        const asked = holding(slice, dimension, opened ? params.get("open") : null);
        if (!asked) return value;
        return (
          <Figure why="value" {...asked} label={`Value of ${called(slice)}`} walked>
            {value}
          </Figure>
        );
      },
      cell: ({ value }) => value,
    },
    {
      key: "share",
      title: "Share",
      unit: "%",
      show: (slice) => {
        if (opened) return format.shareFigure(slice.share);
        return (
          <Figure why="share" by={dimension} slice={slice.key} label={`Share of ${called(slice)}`} walked>
            {format.shareFigure(slice.share)}
          </Figure>
        );
      },
      cell: ({ share }) => share,
    },
    ...(tell ? [factsColumn(params)] : []),
  ];
  return (
    <FiguresTable
      caption={`Allocation by ${DIMENSION_NAMES[dimension].toLowerCase()}`}
      columns={columns}
      rows={slices}
      keyOf={({ key }) => key}
      file={`${portfolio.name} allocation`}
    />
  );
}

/** What a slice is the value of, where it is of an instrument or an account: `outer` is the slice that it is a part of. */
function holding({ key }: Slice, dimension: Dimension, outer: string | null) {
  // Cash is of no instrument that one could ask about.
  if (key.startsWith("cash") || outer?.startsWith("cash")) return null;
  if (dimension === "account") return { inside: Number(key), of: outer ?? undefined };
  if (dimension !== "instrument") return null;
  // Of an instrument an account may hold a part; any other slice holds all of it.
  return { of: key, inside: wholeOf(outer) ?? undefined };
}

function factsColumn(params: URLSearchParams): FigureColumn<Slice> {
  return {
    key: "facts",
    title: "What it is",
    words: true,
    show: ({ key, label }) =>
      !key.startsWith("cash") && (
        <Link to={beside(params, { facts: key })} aria-label={`Say what ${label} is`}>
          Say
        </Link>
      ),
  };
}
