/** How messages are looked at: form, filter, and the one that is selected, which both forms and the zoom share. */
import { create } from "zustand";
import { useFacts } from "../facts/store.ts";
import { enterZoom } from "../page/page.ts";
import { type Filter, NO_FILTER } from "./rows.ts";

export interface MessagesView extends Filter {
  form: "sequence" | "list";
  /** Are the filter's controls shown over the sequence? Over the list they always are. */
  filtering: boolean;
  /** By sequence number. */
  selected: number | null;
}

export const useMessagesView = create<MessagesView>(() => ({
  ...NO_FILTER,
  form: "sequence",
  filtering: false,
  selected: null,
}));

/** Selects the message and opens it over stage and lens. */
export function openMessage(sequence: number): void {
  useMessagesView.setState({ selected: sequence });
  enterZoom({ kind: "message", sequence });
}

/** Another lab counts its messages from 1 again, and has other boxes. */
export function followMessages(): void {
  useFacts.subscribe((now, before) => {
    if (now.lab !== before.lab && now.lab) useMessagesView.setState({ ...NO_FILTER, selected: null });
  });
}
