namespace Coverslip.Slides.Images;

/// <summary>
/// The eight ways in which a square can lie (the dihedral group of order 8): quarter turns clockwise, and the same
/// turns after a
/// left-right flip.
/// </summary>
public enum Orientation
{
    Identity = 0,
    Turn90 = 1,
    Turn180 = 2,
    Turn270 = 3,
    Flip = 4,
    FlipTurn90 = 5,
    FlipTurn180 = 6,
    FlipTurn270 = 7,
}

/// <summary>The group's arithmetic.</summary>
public static class Orientations
{
    /// <summary>All eight.</summary>
    public static IReadOnlyList<Orientation> All { get; } = Enum.GetValues<Orientation>();

    /// <summary>
    /// What undoes it: a turn is undone by the opposite turn, a flip with or without a turn by itself.
    /// </summary>
    public static Orientation Inverse(this Orientation orientation) =>
        orientation >= Orientation.Flip ? orientation : (Orientation)((4 - (int)orientation) % 4);

    /// <summary>The one orientation that equals <paramref name="first"/> followed by <paramref name="next"/>.</summary>
    public static Orientation Then(this Orientation first, Orientation next)
    {
        // A flip turns the sense of every quarter turn that was made before it.
        var flipped = next >= Orientation.Flip;
        var turns = ((int)next % 4) + (flipped ? 4 - ((int)first % 4) : (int)first % 4);
        return (Orientation)((turns % 4) + (flipped != first >= Orientation.Flip ? 4 : 0));
    }

    /// <summary>Whether width and height change places.</summary>
    public static bool SwapsSides(this Orientation orientation) => (int)orientation % 2 == 1;
}
