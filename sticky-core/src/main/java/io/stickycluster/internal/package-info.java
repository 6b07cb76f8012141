/** The way in: decides whether this process is a master or a worker. */
@org.jspecify.annotations.NullMarked
package io.stickycluster.internal;
