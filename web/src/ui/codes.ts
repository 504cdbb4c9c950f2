/** numberOf is the short number of a plot, as maps have it: L-000041 is 041. */
export const numberOf = (code: string): string => String(Number(code.slice(2)) || code).padStart(3, "0");
