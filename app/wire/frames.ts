/** The frames of a wire as they come, asked for from the lab in pieces; the oldest give way. Role: attacker. */
import { useEffect, useState } from "react";
import type { Frame } from "../../engine/lab/api.ts";
import { useView } from "../page/session.ts";

/** Frames that the page keeps of one wire; the wire's own ring, and the capture, are longer. */
const KEPT = 20_000;
const PIECE = 1000;
const EVERY_MS = 200;

export interface WireFrames {
  frames: readonly Frame[];
  /** Why they could not be had. */
  error: unknown;
}

export function useFrames(wire: string): WireFrames {
  const view = useView();
  const [state, setState] = useState<WireFrames>({ frames: [], error: null });
  useEffect(() => {
    let gone = false;
    let since = 0;
    let busy = false;
    let more = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const take = async () => {
      busy = true;
      more = false;
      try {
        let piece: Frame[];
        do {
          piece = (await view.terra.lab?.wire(wire).frames({ since, limit: PIECE })) ?? [];
          since = piece.at(-1)?.sequence ?? since;
          const fresh = piece;
          if (!gone && fresh.length > 0)
            setState(({ frames }) => ({ frames: [...frames, ...fresh].slice(-KEPT), error: null }));
        } while (!gone && piece.length === PIECE);
      } catch (error) {
        if (!gone) setState(({ frames }) => ({ frames, error }));
      }
      busy = false;
      if (more) later();
    };
    const later = () => {
      more = true;
      if (busy || timer !== undefined) return;
      timer = setTimeout(() => {
        timer = undefined;
        void take();
      }, EVERY_MS);
    };
    void take();
    const unsubscribe = view.subscribe((event) => {
      if (event.type === "frames" && event.wire === wire) later();
    });
    return () => {
      gone = true;
      clearTimeout(timer);
      unsubscribe();
    };
  }, [view, wire]);
  return state;
}
