/** The step key → hash → index: finding strategies and balancers, and the router made of them. */
@org.jspecify.annotations.NullMarked
package io.stickycluster.internal.balance;
