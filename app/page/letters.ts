/** Whether single letters, digits and signs act as keys of the page (WCAG 2.1.4: they can be switched off, and stay so). */
import { create } from "zustand";

const KEY = "terra-lab.letters";

function kept(): boolean {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

export const useLetters = create<{ on: boolean }>(() => ({ on: kept() }));

export function switchLetters(on: boolean): void {
  try {
    localStorage.setItem(KEY, on ? "on" : "off");
  } catch {
    // It then holds for this visit.
  }
  useLetters.setState({ on });
}
