/** Measures hash strategies: how fast they are and how evenly they scatter clients. */
@org.jspecify.annotations.NullMarked
package io.stickycluster.bench.hash;
