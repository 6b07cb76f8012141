/** How a client's key is found in what it sends first, and whom to believe about addresses. */
@org.jspecify.annotations.NullMarked
package io.stickycluster.internal.key;
