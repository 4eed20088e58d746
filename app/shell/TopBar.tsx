/** Always there: the name, the lab, the honest limit, the theme. */
import type { Scenario } from "../../engine/scenarios/index.ts";
import { useFacts } from "../facts/store.ts";
import { FindButton } from "../find/Find.tsx";
import { Chip, Theme, Wordmark } from "../icons/icons.tsx";
import { useLesson } from "../lesson/lesson.ts";
import { chooseTheme, nextTheme, useForm, useTheme } from "../page/media.ts";
import { usePage } from "../page/page.ts";
import { chooseLab, useView } from "../page/session.ts";
import { texts } from "../texts.ts";

export function TopBar({ scenarios }: { scenarios: readonly Scenario[] }) {
  const view = useView();
  // While a lab is being opened its lesson names it already.
  const lesson = useLesson((state) => (state.running ? state.scenario?.lab : undefined));
  const id = useFacts((facts) => facts.lab?.id) ?? lesson ?? "";
  const next = nextTheme(useTheme((state) => state.theme));
  const drawer = useForm() === "drawer";
  const lessonOpen = usePage((page) => page.drawer);
  return (
    <header className="top">
      <div className="top-name">
        <Wordmark />
        <span>{texts.name}</span>
      </div>
      {drawer && (
        <button
          type="button"
          className="button"
          aria-expanded={lessonOpen}
          aria-controls="lesson"
          onClick={() => usePage.setState({ drawer: !lessonOpen })}
        >
          {texts.regions.lesson}
        </button>
      )}
      <label className="top-lab">
        <span className="visually-hidden">{texts.top.lab}</span>
        <select value={id} onChange={(event) => chooseLab(view, scenarios, event.currentTarget.value)}>
          {id === "" && <option value="">{texts.stage.noLab}</option>}
          {view.terra.labs().map((lab) => (
            <option key={lab.id} value={lab.id}>
              {lab.title}
            </option>
          ))}
        </select>
      </label>
      <button type="button" className="top-limit" onClick={() => usePage.setState({ limits: true })}>
        <Chip />
        <span>{texts.top.limit}</span>
      </button>
      <FindButton />
      <button
        type="button"
        className="icon-button key-button"
        aria-label={texts.keys.open}
        title={`${texts.keys.open} (?)`}
        onClick={() => usePage.setState({ keys: true })}
      >
        ?
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={texts.top.theme(texts.top.themes[next])}
        title={texts.top.theme(texts.top.themes[next])}
        onClick={() => chooseTheme(next)}
      >
        <Theme />
      </button>
    </header>
  );
}
