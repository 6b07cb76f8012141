/** The master: slots, supervision, reload, shutdown. */
@org.jspecify.annotations.NullMarked
package io.stickycluster.internal.master;
