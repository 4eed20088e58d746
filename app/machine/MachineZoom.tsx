/**
 * Zoom: one machine as its owner administers it, and as an attacker with a screwdriver meets it. Every button asks the TVMM or the
 * physical world through the scripting API; none of them refuses anything by itself.
 */
import type { ReactNode } from "react";
import { useFacts } from "../facts/store.ts";
import { Disk, Sliders } from "../icons/icons.tsx";
import { enterZoom, leaveZooms, MACHINE_TABS, type MachineTab } from "../page/page.ts";
import { ZoomHead } from "../parts/ZoomHead.tsx";
import { texts } from "../texts.ts";
import { CallsTab } from "./CallsTab.tsx";
import { LimitsTab } from "./LimitsTab.tsx";
import { MediaTab } from "./MediaTab.tsx";

const icons: Record<MachineTab, ReactNode> = { calls: <Sliders />, limits: null, media: <Disk /> };

export function MachineZoom({ platform, tab }: { platform: string; tab: MachineTab }) {
  const machine = useFacts((facts) => facts.machines.find(({ info }) => info.id === platform));
  return (
    <>
      <ZoomHead
        crumbs={[{ words: texts.regions.stage, go: leaveZooms }]}
        title={platform}
        what={machine?.info.title ?? ""}
      >
        {MACHINE_TABS.map((each) => (
          <button
            key={each}
            type="button"
            className="chip"
            aria-pressed={each === tab}
            onClick={() => enterZoom({ kind: "machine", platform, tab: each })}
          >
            {icons[each]}
            {texts.machine.tabs[each]}
          </button>
        ))}
      </ZoomHead>
      {machine?.power !== "on" ? (
        <div className="empty">{texts.machine.off(platform)}</div>
      ) : tab === "calls" ? (
        <CallsTab machine={machine} />
      ) : tab === "limits" ? (
        <LimitsTab machine={machine} />
      ) : (
        <MediaTab machine={machine} />
      )}
    </>
  );
}
