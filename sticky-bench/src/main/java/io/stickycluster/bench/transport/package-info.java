/** Compares the NIO transport with HAProxy and nginx in front of the same two workers. */
@org.jspecify.annotations.NullMarked
package io.stickycluster.bench.transport;
