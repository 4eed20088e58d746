/** The machine's network as the TVMM's other parts use it: cards, and what is connected with what. No frame is seen here. */
export interface Network {
  /** Physical cards of this machine, found once at start. */
  readonly physical: readonly { id: string; wire: string }[];
  /** A fresh end of that card for the vm worker about to start; whatever end it had before is closed. */
  plugIn(device: string): MessagePort;
  /** Its VM runs no more; its connections stay. */
  unplug(device: string): void;
  /** Both exist (checked by the caller). Codes: "bad-argument" (same device, two physical ones), "bad-state" (already, or not, connected). */
  connect(a: string, b: string): void;
  disconnect(a: string, b: string): void;
  connectedTo(device: string): string[];
  /** The device is destroyed: its connections go with it. */
  remove(device: string): void;
}
