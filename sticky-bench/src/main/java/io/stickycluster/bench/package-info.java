/** Benchmarks of hashing, transports and supervision. */
@org.jspecify.annotations.NullMarked
package io.stickycluster.bench;
