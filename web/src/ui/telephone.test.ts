import { expect, it } from "vitest";
import { callOf } from "./telephone";

it.each([
  ["13800138000", "tel:+8613800138000"],
  ["0755-27781234", "tel:+8675527781234"],
  ["0755-27781234-806", "tel:+8675527781234;ext=806"],
  ["010-62771234", "tel:+861062771234"],
  ["+85291234567", "tel:+85291234567"],
])("%s is rung at %s", (number, address) => expect(callOf(number)).toBe(address));
