namespace Coverslip.App.Doctor;

/// <summary>One line of <c>coverslip doctor</c>.</summary>
/// <param name="Name">What was looked for, as a user would call it.</param>
/// <param name="Found">What was found, with version and place where they are known.</param>
/// <param name="Ok">Whether it will do.</param>
/// <param name="Mend">How to mend it, or null; may stand beside something that is ok, as a hint.</param>
internal sealed record DoctorCheck(string Name, string Found, bool Ok, string? Mend = null);
