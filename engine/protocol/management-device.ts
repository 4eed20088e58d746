/**
 * COM3, the management device: the ten calls (paper 4.4), lists, inspection and limits as text, so that a shell can make them.
 * The framing is COM2's (serial-framing.ts): `VERB LENGTH\n` and a body. The body is lines `key=value\n`; WRITE-MEMORY and
 * SEND-KEYS have, after an empty line, raw bytes. Replies: `OK LENGTH\n` and text or bytes, `ERR LENGTH\n` and `code: sentence\n`.
 *
 *   CREATE-DEVICE  type=disk medium= class= [root= salt=] [slot=] [serial=] [counter=] | type=nic [role=] [mac=] |
 *                  type=display | type=serial purpose=            -> the new id and a newline
 *   CREATE-VM      name= medium= [image=] [as-open=true] [checking=] [share=] [vendor-certificates=BASE64 of the PEM texts]    -> the new id
 *   ATTACH, DETACH vm= device=      CONNECT, DISCONNECT a= b=      ON OFF SUSPEND RESUME DESTROY-VM vm=      DESTROY-DEVICE device=
 *   LIST           what=vms|devices|media|images|limits     -> a line of column names, then a line for each, fields separated by tabs
 *   READ-MEMORY    vm= address= length= (at most 65536)     -> bytes
 *   WRITE-MEMORY   vm= address=, empty line, bytes          SEND-KEYS vm=, empty line, UTF-8 text
 *   SCREENSHOT, SNAPSHOT  vm= [offset=0]   -> `TOTAL\n` and at most 65000 bytes from offset on; offset 0 takes a new one
 *   LIMIT          [memory=MIB] [images=DIGEST,DIGEST,… or any] [share=0.5] [vm= with share: for that VM only]
 *   READY          done= refused=           the policy has been carried out
 *
 * `vm` and `device` take an id; `vm` also takes a VM's name where no VM has that id.
 */

export const MANAGEMENT_VERBS = [
  "CREATE-DEVICE",
  "CONNECT",
  "DISCONNECT",
  "CREATE-VM",
  "ATTACH",
  "DETACH",
  "ON",
  "OFF",
  "SUSPEND",
  "RESUME",
  "DESTROY-VM",
  "DESTROY-DEVICE",
  "LIST",
  "READ-MEMORY",
  "WRITE-MEMORY",
  "SCREENSHOT",
  "SNAPSHOT",
  "SEND-KEYS",
  "LIMIT",
  "READY",
] as const;

export type ManagementVerb = (typeof MANAGEMENT_VERBS)[number];

/** Bytes of a picture or snapshot in one reply, behind the line with their number. */
export const MAX_PIECE = 65000;
