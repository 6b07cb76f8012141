/**
 * Compares every road end to end with a plain Netty server, HAProxy, nginx and the original on
 * Node.
 */
@org.jspecify.annotations.NullMarked
package io.stickycluster.bench.transport;
