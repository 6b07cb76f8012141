/** The bytes road: a proxy in the master, any server in the worker. */
@org.jspecify.annotations.NullMarked
package io.stickycluster.transport.nio;
