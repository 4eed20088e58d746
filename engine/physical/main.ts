/**
 * The physical realm: everything outside the chips, in one ordinary worker of the page's origin. It alone fetches the site's
 * files. What runs on a machine reaches it through that machine's ports and must never reach another's media, or a wire but by a card.
 */
import { type PortLike, serve } from "../protocol/channel.ts";
import { type PhysicalEvent, type PhysicalRequest, parsePhysicalRequest } from "../protocol/media.ts";
import { openLibrary } from "./library.ts";
import { createSealedStore } from "./sealed.ts";
import { createWorld } from "./world.ts";

const tell = (event: PhysicalEvent) => server.emit(event);
const world = createWorld((base) => openLibrary(base, tell), createSealedStore(), tell);
const server = serve<PhysicalRequest, PhysicalEvent>(self as unknown as PortLike, parsePhysicalRequest, world.answer);
