namespace Coverslip.Files;

/// <summary>A property of a record that a <see cref="Fingerprint"/> leaves out on purpose.</summary>
/// <param name="Property">The property, or <c>Outer.Inner</c> of one within a record within.</param>
/// <param name="Reason">Why it decides nothing, or which other part stands for it.</param>
public sealed record LeftOut(string Property, string Reason);
