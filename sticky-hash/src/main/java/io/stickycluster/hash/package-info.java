/** Hash strategies, one small class each. */
@org.jspecify.annotations.NullMarked
package io.stickycluster.hash;
