/** The listener road and the connection road, and the worker's server for all roads. */
@org.jspecify.annotations.NullMarked
package io.stickycluster.transport.netty;
