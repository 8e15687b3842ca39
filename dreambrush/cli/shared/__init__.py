"""What several commands share: options, inputs, outputs, settings, errors, completion."""
