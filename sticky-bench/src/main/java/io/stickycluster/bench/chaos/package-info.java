/**
 * Does to a cluster under load what production does to it, and checks that its promises hold:
 * kills, freezes, reloads, scales, starts workers slowly or not at all, and is rude.
 */
@org.jspecify.annotations.NullMarked
package io.stickycluster.bench.chaos;
