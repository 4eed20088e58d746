/**
 * Zooms, in the place of stage and lens. One that another was entered from waits behind it as it was left, so that a refusal's
 * message can be read and the form is still there. The focus goes in with a zoom, and back to where it came from.
 */
import { type ReactNode, useEffect, useRef } from "react";
import { BoxZoom } from "../box/BoxZoom.tsx";
import { MachineZoom } from "../machine/MachineZoom.tsx";
import { MessageZoom } from "../messages/MessageZoom.tsx";
import { FullMonitor } from "../monitor/FullMonitor.tsx";
import { usePage, type Zoom } from "../page/page.ts";
import { texts } from "../texts.ts";
import { WireZoom } from "../wire/WireZoom.tsx";

function content(zoom: Zoom): { label: string; key: string; view: ReactNode } {
  switch (zoom.kind) {
    case "monitor":
      return { label: texts.monitor.full, key: "monitor", view: <FullMonitor /> };
    case "message":
      return { label: texts.messages.crumbs, key: "message", view: <MessageZoom sequence={zoom.sequence} /> };
    case "machine":
      return {
        label: texts.machine.label(zoom.platform),
        key: `machine ${zoom.platform}`,
        view: <MachineZoom platform={zoom.platform} tab={zoom.tab} />,
      };
    case "box":
      return { label: texts.box.label(zoom.path), key: `box ${zoom.path}`, view: <BoxZoom path={zoom.path} /> };
    case "wire":
      return {
        label: texts.wire.label(zoom.wire),
        key: `wire ${zoom.wire}`,
        view: <WireZoom id={zoom.wire} frame={zoom.frame ?? null} />,
      };
  }
}

function Place({ zoom, top }: { zoom: Zoom; top: boolean }) {
  const place = useRef<HTMLElement>(null);
  const back = useRef<HTMLElement | null>(null);
  const { label, view } = content(zoom);
  useEffect(() => {
    const element = place.current;
    if (top) {
      if (back.current?.isConnected) back.current.focus();
      else element?.focus();
      return () => {
        const { activeElement } = document;
        back.current = activeElement instanceof HTMLElement && element?.contains(activeElement) ? activeElement : null;
      };
    }
    return undefined;
  }, [top]);
  return (
    <section
      className="zoom"
      ref={place}
      hidden={!top}
      aria-label={label}
      tabIndex={-1}
      {...(top ? { id: "lens", "data-region": "lens" } : {})}
    >
      {view}
    </section>
  );
}

export function Zooms() {
  const zooms = usePage((page) => page.zooms);
  return zooms.map((zoom, index) => <Place key={content(zoom).key} zoom={zoom} top={index === zooms.length - 1} />);
}

/** When the last zoom is left the stage is drawn anew: the focus returns to what it was entered from. */
export function useReturn(): void {
  const inside = usePage((page) => page.zooms.length > 0);
  const from = useRef<string | null>(null);
  useEffect(() => {
    if (!inside) {
      const opener =
        from.current === null ? null : document.querySelector<HTMLElement>(`[data-return="${from.current}"]`);
      opener?.focus();
      from.current = null;
    }
    const remember = (event: FocusEvent) => {
      const opener = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>("[data-return]") : null;
      if (!inside) from.current = opener?.dataset.return ?? null;
    };
    document.addEventListener("focusin", remember);
    return () => document.removeEventListener("focusin", remember);
  }, [inside]);
}
