export function routesOf() { return ""; }
