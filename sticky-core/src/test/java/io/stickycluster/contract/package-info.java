/** Tests that every implementation of an SPI passes; in this module's test jar. */
package io.stickycluster.contract;
