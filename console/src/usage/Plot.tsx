import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { tick } from "../texts/format";
import { useLanguage } from "../texts/language";

export interface Series {
  label: string;
  /** Seconds since 1970. */
  times: number[];
  values: number[];
  /** The values of the period before, drawn as a line. */
  before?: number[];
  /** A part of each value, drawn in front of it. */
  part?: number[];
  write: (value: number) => string;
}

const height = 180;

/** Plot draws one series as bars over time, beside those of the period before, in the colours of the page. */
export default function Plot({ label, times, values, before, part, write }: Series) {
  const host = useRef<HTMLDivElement>(null);
  const { language } = useLanguage();
  useEffect(() => {
    const frame = host.current;
    if (!frame) {
      return;
    }
    const colour = (name: string) => getComputedStyle(frame).getPropertyValue(name);
    const axis = { stroke: colour("color"), grid: { stroke: "rgb(128 128 128 / 25%)" } };
    const bars = uPlot.paths.bars?.({ size: [0.7, 60] });
    const plot = new uPlot(
      {
        width: frame.clientWidth || 600,
        height,
        legend: { show: false },
        scales: { y: { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] } },
        axes: [
          { ...axis, values: (_, ticks, __, ___, step) => ticks.map((at) => tick(at, step, language)) },
          { ...axis, size: 70, values: (_, ticks) => ticks.map(write) },
        ],
        series: [
          {},
          {
            label,
            stroke: colour("accent-color"),
            fill: colour("accent-color"),
            points: { show: false },
            ...(bars ? { paths: bars } : {}),
          },
          ...(part
            ? [{ fill: colour("outline-color"), points: { show: false }, ...(bars ? { paths: bars } : {}) }]
            : []),
          ...(before ? [{ stroke: colour("color"), dash: [4, 3], points: { show: false } }] : []),
        ],
      },
      [times, values, ...(part ? [part] : []), ...(before ? [before] : [])],
      frame,
    );
    const watch = new ResizeObserver(() => plot.setSize({ width: frame.clientWidth, height }));
    watch.observe(frame);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [label, times, values, before, part, write, language]);
  return <div className="plot" ref={host} role="img" aria-label={label} />;
}
