namespace Coverslip.Torch;

/// <summary>Two lengths in cells of a map, such as a kernel's or the zeros around it; one number means both.</summary>
public readonly record struct Sides(int Rows, int Columns)
{
    public static implicit operator Sides(int both) => new(both, both);

    public static implicit operator Sides((int Rows, int Columns) sides) => new(sides.Rows, sides.Columns);

    public override string ToString() => $"{Rows}×{Columns}";
}
