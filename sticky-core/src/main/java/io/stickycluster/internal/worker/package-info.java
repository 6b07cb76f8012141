/** The worker's own runtime. */
@org.jspecify.annotations.NullMarked
package io.stickycluster.internal.worker;
