/** Where the page begins: the lab's view, the scenarios, the styles, and React. Nothing is decided here. */
import { createRoot } from "react-dom/client";
import { createLabView } from "../engine/lab/index.ts";
import { scenarioRunner, scenarios } from "../engine/scenarios/index.ts";
import { lockDown } from "./page/lock-down.ts";
import { startTheme } from "./page/media.ts";
import { startSession } from "./page/session.ts";
import { App } from "./shell/App.tsx";
import { Crash } from "./shell/Plain.tsx";
import "@xterm/xterm/css/xterm.css";
import "./styles/fonts.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/page.css";
import "./styles/lesson.css";
import "./styles/boxes.css";
import "./styles/layers.css";
import "./styles/stage.css";
import "./styles/lines.css";
import "./styles/lenses.css";
import "./styles/messages.css";
import "./styles/message.css";
import "./styles/measurements.css";
import "./styles/verifier.css";
import "./styles/find.css";
import "./styles/monitor.css";
import "./styles/forms.css";
import "./styles/machine.css";
import "./styles/bytes.css";
import "./styles/wire.css";
import "./styles/game.css";

const view = createLabView({ base: document.baseURI, lockDown, scenarios: scenarioRunner });
window.terra = view.terra;

startTheme();
if (view.missingFeatures().length === 0) startSession(view, scenarios);

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <Crash>
      <App view={view} scenarios={scenarios} />
    </Crash>,
  );
}
