[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Coverslip.Phantoms.Tests")]
