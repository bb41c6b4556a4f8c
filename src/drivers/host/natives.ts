// Runs in the hosted child: built-in functions as they were before foreign code could replace them.
import fs from "node:fs";

export const { parse, stringify } = JSON;
export const { get, apply, construct, defineProperty, getPrototypeOf, ownKeys } = Reflect;
export const { entries, fromEntries, keys, getOwnPropertyNames } = Object;
export const { isArray } = Array;
export const { writeSync } = fs;
export const setTimer = setTimeout;
export const clearTimer = clearTimeout;
export const setTurn = setImmediate;
export const now = performance.now.bind(performance);
/** `new Promise` and `Promise.race` as they were. */
export const NativePromise = Promise;
