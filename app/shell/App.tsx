/** The page's regions: lesson, stage, lens, right column, bar; or a zoom in the place of stage and lens. */
import { type ReactNode, useEffect } from "react";
import type { LabView } from "../../engine/lab/index.ts";
import type { Scenario } from "../../engine/scenarios/index.ts";
import { ConsoleLens, ConsoleTools } from "../console/ConsoleLens.tsx";
import { themeConsoles } from "../console/consoles.ts";
import { Find } from "../find/Find.tsx";
import { PlayersLens, PlayersTools, Screens } from "../game/PlayersLens.tsx";
import { useGame } from "../game/players.ts";
import { LessonColumn } from "../lesson/LessonColumn.tsx";
import { MeasurementsLens, MeasurementsTools } from "../measurements/MeasurementsLens.tsx";
import { MessagesLens, MessagesTools } from "../messages/MessagesLens.tsx";
import { MonitorLens, MonitorTools } from "../monitor/MonitorLens.tsx";
import { RightColumn } from "../monitor/RightColumn.tsx";
import { themeSurfaces } from "../monitor/surfaces.ts";
import { shade, useForm, useTheme } from "../page/media.ts";
import { LENSES, type Lens, usePage } from "../page/page.ts";
import { useView, ViewContext } from "../page/session.ts";
import { Stage, useRowStage } from "../stage/Stage.tsx";
import { VerifierLens, VerifierTools } from "../verifier/VerifierLens.tsx";
import { BottomBar } from "./BottomBar.tsx";
import { KeySheet } from "./KeySheet.tsx";
import { useKeys } from "./keys.ts";
import { Limits } from "./Limits.tsx";
import { LiveRegions } from "./LiveRegions.tsx";
import { MissingFeatures, Narrow } from "./Plain.tsx";
import { TopBar } from "./TopBar.tsx";
import { useReturn, Zooms } from "./Zooms.tsx";

const lensViews: Record<Lens, { view: () => ReactNode; tools: () => ReactNode }> = {
  players: { view: () => <PlayersLens />, tools: () => <PlayersTools /> },
  monitor: { view: () => <MonitorLens />, tools: () => <MonitorTools /> },
  console: { view: () => <ConsoleLens />, tools: () => <ConsoleTools /> },
  messages: { view: () => <MessagesLens />, tools: () => <MessagesTools /> },
  measurements: { view: () => <MeasurementsLens />, tools: () => <MeasurementsTools /> },
  verifier: { view: () => <VerifierLens />, tools: () => <VerifierTools /> },
};

const NARROW_LENSES = LENSES;
const WIDE_LENSES = LENSES.filter((lens) => lens !== "monitor" && lens !== "verifier");

function useThemeFollowers() {
  const theme = useTheme((state) => state.theme);
  const view = useView();
  useEffect(() => {
    themeConsoles();
    themeSurfaces(view, shade(theme));
  }, [theme, view]);
}

function Regions({ scenarios }: { scenarios: readonly Scenario[] }) {
  const form = useForm();
  const wide = form === "wide";
  const { lens, detent, zooms, drawer } = usePage();
  useKeys();
  useReturn();
  useThemeFollowers();
  const game = useGame();
  const always = wide ? WIDE_LENSES : NARROW_LENSES;
  const lenses: readonly Lens[] = game ? ["players", ...always] : always;
  const shown = lenses.includes(lens) ? lens : "messages";
  const zoomed = zooms.length > 0;
  // The players' screens take the room of the stage's boxes, and that of the one monitor in the right column.
  const playing = shown === "players" && !zoomed;
  const row = useRowStage() || playing;
  return (
    <div className="page" data-detent={detent} data-row={row} data-zoom={zoomed} data-game={playing}>
      <TopBar scenarios={scenarios} />
      {(form !== "drawer" || drawer) && <LessonColumn />}
      <main className="work">
        {zoomed ? (
          <Zooms />
        ) : (
          <>
            {playing && <Screens />}
            <Stage scenarios={scenarios} row={row} />
            {(detent !== "closed" || playing) && (
              <section
                className="lens"
                id="lens"
                role="tabpanel"
                aria-labelledby={`tab-${shown}`}
                data-region="lens"
                tabIndex={-1}
              >
                {lensViews[shown].view()}
              </section>
            )}
          </>
        )}
        <BottomBar lenses={lenses} shown={shown} tools={zoomed ? null : lensViews[shown].tools()} />
      </main>
      {wide && !playing && <RightColumn />}
      <Limits />
      <Find scenarios={scenarios} />
      <KeySheet />
      <LiveRegions />
    </div>
  );
}

export function App({ view, scenarios }: { view: LabView; scenarios: readonly Scenario[] }) {
  const narrow = useForm() === "narrow";
  const missing = view.missingFeatures();
  if (missing.length > 0) return <MissingFeatures features={missing} />;
  return (
    <ViewContext value={view}>
      {narrow ? <Narrow width={window.innerWidth} /> : <Regions scenarios={scenarios} />}
    </ViewContext>
  );
}
