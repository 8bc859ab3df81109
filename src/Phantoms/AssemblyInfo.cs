[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Coverslip.Phantoms.Tests")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Coverslip.Methods.Tests")]
