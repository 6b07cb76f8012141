/** A worker's command line and environment, its fork and its exit. */
@org.jspecify.annotations.NullMarked
package io.stickycluster.internal.process;
