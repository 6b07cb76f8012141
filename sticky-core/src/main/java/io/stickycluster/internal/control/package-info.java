/** The control link between the master and its workers: frames, names and sockets. */
@org.jspecify.annotations.NullMarked
package io.stickycluster.internal.control;
