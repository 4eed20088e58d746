/**
 * The page's signs, drawn by us: 16 px, stroke 1.5, in the colour of the text beside them. A sign never stands without its
 * word; where the word is elsewhere the sign is hidden from screen readers, as all of them are.
 */
import type { ReactNode } from "react";

function Icon({ children, size = 16 }: { children: ReactNode; size?: number | undefined }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 16 16"
      style={size === 16 ? undefined : { width: size, height: size }}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

/** A closed box. */
export function Lock({ size }: { size?: number }) {
  return (
    <Icon size={size}>
      <rect x="3" y="7" width="10" height="7.5" rx="1" fill="currentColor" stroke="none" />
      <path d="M5 7.2V4.6a3 3 0 0 1 6 0v2.6" />
    </Icon>
  );
}

/** An open box: a carton with its flaps up. */
export function Carton() {
  return (
    <Icon>
      <path d="M.8 3.2h2.4V13a.8.8 0 0 0 .8.8h8a.8.8 0 0 0 .8-.8V3.2h2.4" />
    </Icon>
  );
}

/** The box that manages the machine. */
export function Sliders() {
  return (
    <Icon>
      <path d="M1 4.5h8.5M13 4.5h2M1 11.5h3.5M8 11.5h7" />
      <circle cx="11.25" cy="4.5" r="1.9" />
      <circle cx="6.25" cy="11.5" r="1.9" />
    </Icon>
  );
}

/** Which box: a lock, sliders or a carton, beside its name. */
export function BoxIcon({ status }: { status: { kind: "open" | "closed"; management: boolean } }) {
  if (status.kind === "closed") return <Lock />;
  return status.management ? <Sliders /> : <Carton />;
}

/** Somebody looks. */
export function Eye() {
  return (
    <Icon>
      <path d="M1 8c1.8-3 4.2-4.6 7-4.6S13.2 5 15 8c-1.8 3-4.2 4.6-7 4.6S2.8 11 1 8z" />
      <circle cx="8" cy="8" r="2" fill="currentColor" stroke="none" />
    </Icon>
  );
}

/** A wire with its plugs. */
export function Cable() {
  return (
    <Icon>
      <path d="M4.5 8h7" />
      <circle cx="2.75" cy="8" r="1.75" />
      <circle cx="13.25" cy="8" r="1.75" />
    </Icon>
  );
}

/** A frame on a network: header and contents. */
export function Packet() {
  return (
    <Icon>
      <path d="M1.25 4h13.5v8H1.25zM5.5 4v8" />
    </Icon>
  );
}

/** A question to all: who has this address. */
export function Ask() {
  return (
    <Icon>
      <circle cx="8" cy="8" r="6.6" />
      <path d="M5.9 6.3a2.1 2.1 0 1 1 3.2 1.8c-.7.45-1.1.8-1.1 1.6M8 11v1.3" />
    </Icon>
  );
}

/** An echo: there and back. */
export function Echo() {
  return (
    <Icon>
      <circle cx="3" cy="8" r="1.5" fill="currentColor" stroke="none" />
      <path d="M6.5 4.7a5 5 0 0 1 0 6.6M9.3 2.9a8 8 0 0 1 0 10.2M12 1.5a10.5 10.5 0 0 1 0 13" />
    </Icon>
  );
}

/** Stopped for good. */
export function Halt() {
  return (
    <Icon>
      <path d="M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3z" />
      <path d="M5.5 8h5" />
    </Icon>
  );
}

export function Power() {
  return (
    <Icon>
      <path d="M8 1.5v6M4.6 3.7a5.7 5.7 0 1 0 6.8 0" />
    </Icon>
  );
}

export function Disk() {
  return (
    <Icon>
      <ellipse cx="8" cy="3.7" rx="5.75" ry="2.2" />
      <path d="M2.25 3.7v8.6c0 1.2 2.6 2.2 5.75 2.2s5.75-1 5.75-2.2V3.7M2.25 8c0 1.2 2.6 2.2 5.75 2.2s5.75-1 5.75-2.2" />
    </Icon>
  );
}

/** A name and what stands behind it. */
export function Name() {
  return (
    <Icon>
      <path d="M1.5 2.5h6l7 7-5 5-8-8z" />
      <circle cx="4.8" cy="5.8" r="1.1" fill="currentColor" stroke="none" />
    </Icon>
  );
}

export function Screen() {
  return (
    <Icon>
      <rect x="1.25" y="2.5" width="13.5" height="9" rx="1" />
      <path d="M8 11.5V14M4.5 14.25h7" />
    </Icon>
  );
}

export function Chip() {
  return (
    <Icon>
      <rect x="3.75" y="3.75" width="8.5" height="8.5" rx="1" />
      <path d="M6.5 6.5h3v3h-3zM6 .8v3M10 .8v3M6 12.2v3M10 12.2v3M.8 6h3M.8 10h3M12.2 6h3M12.2 10h3" />
    </Icon>
  );
}

export function Arrows() {
  return (
    <Icon>
      <path d="M1 4.5h12.5M10.5 1.5l3 3-3 3M15 11.5H2.5M5.5 8.5l-3 3 3 3" />
    </Icon>
  );
}

export function Tree() {
  return (
    <Icon>
      <path d="M8 4.5v6M2.5 13v-2.5h11V13" />
      <circle cx="8" cy="2.8" r="1.6" />
      <path d="M1.2 13.8h2.6M6.7 13.8h2.6M12.2 13.8h2.6M8 10.5v3" />
    </Icon>
  );
}

export function Shield() {
  return (
    <Icon>
      <path d="M8 1.2l5.8 2v4.3c0 3.4-2.4 5.8-5.8 7.3-3.4-1.5-5.8-3.9-5.8-7.3V3.2z" />
      <path d="M5.3 7.8l2 2 3.5-3.6" />
    </Icon>
  );
}

export function Terminal() {
  return (
    <Icon>
      <rect x="1.25" y="2.25" width="13.5" height="11.5" rx="1" />
      <path d="M4 6l2.2 2L4 10M8 10.5h4" />
    </Icon>
  );
}

/** A looking glass. */
export function Find() {
  return (
    <Icon>
      <circle cx="7" cy="7" r="4.5" />
      <path d="M10.4 10.4 14 14" />
    </Icon>
  );
}

export function Copy() {
  return (
    <Icon>
      <rect x="5.5" y="5.5" width="8.5" height="8.5" rx="1" />
      <path d="M10.5 5.2V3a1 1 0 0 0-1-1H3a1 1 0 0 0-1 1v6.5a1 1 0 0 0 1 1h2.2" />
    </Icon>
  );
}

export function Link() {
  return (
    <Icon>
      <path d="M6.5 9.5l3-3M7.5 4.5l1.7-1.7a2.8 2.8 0 0 1 4 4L11.5 8.5M8.5 11.5l-1.7 1.7a2.8 2.8 0 0 1-4-4L4.5 7.5" />
    </Icon>
  );
}

export function Caret() {
  return (
    <Icon>
      <path d="M4 6l4 4 4-4" />
    </Icon>
  );
}

export function Close() {
  return (
    <Icon>
      <path d="M3 3l10 10M13 3L3 13" />
    </Icon>
  );
}

export function Full() {
  return (
    <Icon>
      <path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4" />
    </Icon>
  );
}

export function Save() {
  return (
    <Icon>
      <path d="M8 1.5v8.5M4.5 6.8L8 10.3l3.5-3.5M2 13.75h12" />
    </Icon>
  );
}

export function Theme() {
  return (
    <Icon>
      <circle cx="8" cy="8" r="6.25" />
      <path d="M8 1.75a6.25 6.25 0 0 0 0 12.5z" fill="currentColor" stroke="none" />
    </Icon>
  );
}

export function Play() {
  return (
    <Icon>
      <path d="M4 2.2v11.6L13.5 8z" fill="currentColor" stroke="none" />
    </Icon>
  );
}

export function Pause() {
  return (
    <Icon>
      <path d="M4 2.5h3v11H4zM9 2.5h3v11H9z" fill="currentColor" stroke="none" />
    </Icon>
  );
}

export function Restart() {
  return (
    <Icon>
      <path d="M3 2.5v11" />
      <path d="M13.5 2.5v11L5 8z" fill="currentColor" stroke="none" />
    </Icon>
  );
}

export function Next() {
  return (
    <Icon>
      <path d="M13 2.5v11" />
      <path d="M2.5 2.5v11L11 8z" fill="currentColor" stroke="none" />
    </Icon>
  );
}

/** The wordmark's sign: boxes on a slab. */
export function Wordmark() {
  return (
    <svg className="wordmark" viewBox="0 0 18 18" aria-hidden="true" focusable="false">
      <path d="M1 1h7v9.5H1z" fill="currentColor" />
      <path d="M10.75 1.75h5.5v8h-5.5z" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M1 12.5h16V17H1z" fill="currentColor" />
    </svg>
  );
}
